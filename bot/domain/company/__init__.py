"""The company as `closeout.toml` describes it: its severities, roles, teams, services and promises."""

from bot.domain.company.model import Company, company_of
from bot.domain.company.parts import (
    AccessRules,
    Component,
    Policy,
    Role,
    Service,
    Severity,
    Team,
    Workspace,
)
from bot.domain.company.reading import BadCompany, load

__all__ = [
    "AccessRules",
    "BadCompany",
    "Company",
    "Component",
    "Policy",
    "Role",
    "Service",
    "Severity",
    "Team",
    "Workspace",
    "company_of",
    "load",
]
