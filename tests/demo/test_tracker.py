"""The third party."""

from starlette.testclient import TestClient

from demo_site.tracker import make_tracker

ORIGIN = "https://tracker.localhost"


def test_the_script_numbers_a_browser_and_remembers_it() -> None:
    client = TestClient(make_tracker(), base_url=ORIGIN)
    first = client.get("/t.js", headers={"referer": "http://console.localhost/"})
    lines = first.headers.get_list("set-cookie")
    assert first.headers["content-type"].startswith("text/javascript")
    assert all("SameSite=None" in line and "Secure" in line for line in lines)
    assert sum("Partitioned" in line for line in lines) == 1
    client.get("/pixel.gif?page=x")
    script, pixel = client.get("/received").json()
    assert (script["kind"], script["is_new"], script["page"]) == ("script", True, "http://console.localhost/")
    assert (pixel["kind"], pixel["is_new"], pixel["visitor"]) == ("pixel", False, script["visitor"])


def test_a_beacon_is_kept_and_shown_as_text() -> None:
    client = TestClient(make_tracker(), base_url=ORIGIN)
    assert client.post("/beacon", content='{"on": "<script>"}').status_code == 204
    assert client.get("/received").json()[0]["said"] == '{"on": "<script>"}'
    assert "<script>" not in client.get("/").text


def test_a_beacon_has_a_limit() -> None:
    assert TestClient(make_tracker(), base_url=ORIGIN).post("/beacon", content=b"x" * 5000).status_code == 413


def test_the_frame_tells_whom_it_knows() -> None:
    client = TestClient(make_tracker(), base_url=ORIGIN)
    assert "just given you a number" in client.get("/frame").text
    assert "You are visitor" in client.get("/frame").text


def test_what_was_collected_can_be_forgotten() -> None:
    client = TestClient(make_tracker(), base_url=ORIGIN)
    client.get("/pixel.gif")
    client.post("/forget")
    assert client.get("/received").json() == []
    assert "Nothing yet" in client.get("/").text
