"""Who may, where several verbs are alike: tables for tests/domain/test_rights.py and its rooms."""

# About an incident, by who manages.
MANAGE = """
              public  drill   member  stranger
    guest     none    none    no      none
    viewer    no      no      no      none
    responder no      no      no      none
    manager   yes     yes     yes     none
    admin     yes     yes     yes     none
    left      no      no      no      none
"""
# Of no incident, by who administers.
ADMINISTER = """
              public  drill   member  stranger
    guest     no      no      no      no
    viewer    no      no      no      no
    responder no      no      no      no
    manager   no      no      no      no
    admin     yes     yes     yes     yes
    left      no      no      no      no
"""
