"""What holds where closeout.toml says nothing: four severities and four roles."""

from bot.domain.company.parts import Role, Severity

SEVERITIES = (
    Severity(
        key="sev1",
        name="Critical",
        criteria=("Most customers cannot use the product", "Customer data is lost or exposed"),
        first_update="5m",
        update_every="20m",
        postmortem_due="3bd",
        actions_due="15d",
    ),
    Severity(
        key="sev2",
        name="Major",
        criteria=("Many customers are hindered, or a main function is down", "There is no workaround"),
        first_update="15m",
        update_every="30m",
        postmortem_due="5bd",
        actions_due="30d",
    ),
    Severity(
        key="sev3",
        name="Minor",
        criteria=("Some customers are hindered and have a workaround",),
        update_every="2h",
        actions_due="60d",
    ),
    Severity(key="sev4", name="Low", criteria=("No customer has noticed",), actions_due="90d"),
)

ROLES = (
    Role(key="commander", name="Incident commander", duty="Decides. Does not debug."),
    Role(key="comms", name="Communications", duty="Tells customers and colleagues, on time."),
    Role(key="operations", name="Operations", duty="Finds the fault and mends it."),
    Role(key="scribe", name="Scribe", duty="Writes down what happens, and when."),
)
