"""Projects and the usage drawn from them."""

from datetime import date
from pathlib import Path

import pytest

from demo_site.accounts import Account
from demo_site.chart import draw
from demo_site.database import Database
from demo_site.projects import LIMIT, Projects, usage


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "console.db")


@pytest.fixture
def projects(database: Database) -> Projects:
    return Projects(database)


def account(database: Database, email: str) -> Account:
    with database.connect() as connection:
        made = connection.execute("INSERT INTO accounts (email, password) VALUES (?, '')", (email,))
    return Account(id=made.lastrowid or 0, email=email)


def test_an_account_sees_its_own_projects_only(projects: Projects, database: Database) -> None:
    ada, bob = account(database, "ada"), account(database, "bob")
    assert projects.make(ada, "Radio")
    assert [project.name for project in projects.of(ada)] == ["Radio"]
    assert projects.of(bob) == []


def test_only_the_owner_renews_a_key(projects: Projects, database: Database) -> None:
    ada, bob = account(database, "ada"), account(database, "bob")
    projects.make(ada, "Radio")
    before = projects.of(ada)[0]
    assert not projects.renew_key(bob, before.app_id)
    assert projects.of(ada)[0] == before
    assert projects.renew_key(ada, before.app_id)
    assert projects.of(ada)[0].api_key != before.api_key


def test_an_account_has_a_limit_of_projects(projects: Projects, database: Database) -> None:
    ada = account(database, "ada")
    assert [projects.make(ada, f"Project {number}") for number in range(LIMIT + 1)] == [True] * LIMIT + [False]


def test_usage_is_the_same_at_every_look(projects: Projects, database: Database) -> None:
    ada = account(database, "ada")
    projects.make(ada, "Radio")
    today = date(2026, 11, 24)
    first = usage(projects.of(ada), today)
    assert first == usage(projects.of(ada), today)
    assert [day for day, _ in first][-1] == today
    assert len(first) == 14


def test_the_chart_scales_to_a_round_maximum() -> None:
    chart = draw([(date(2026, 11, 23), 100), (date(2026, 11, 24), 37)])
    assert [line.value for line in chart.lines] == [200, 150, 100, 50, 0]
    assert chart.bars[0].y + chart.bars[0].height == 100
    assert all(0 <= bar.y <= 100 and bar.x + bar.width <= 100 for bar in chart.bars)


def test_a_chart_of_nothing_is_flat() -> None:
    assert [bar.height for bar in draw([(date(2026, 11, 24), 0)]).bars] == [0]
    assert draw([]).bars == ()
