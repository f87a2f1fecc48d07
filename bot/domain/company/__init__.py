"""The company as `closeout.toml` describes it: its severities, roles, teams, services and promises."""

from bot.domain.company.model import Company, company_of
from bot.domain.company.parts import AccessRules, Policy, Role, Service, Severity, Team, Workspace
from bot.domain.company.reading import BadCompany, load

__all__ = [
    "AccessRules",
    "BadCompany",
    "Company",
    "Policy",
    "Role",
    "Service",
    "Severity",
    "Team",
    "Workspace",
    "company_of",
    "load",
]
