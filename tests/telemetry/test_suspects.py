from consent_middleware.telemetry import suspicious_headers


def test_a_header_that_no_rule_covers_is_reported_by_its_name_or_by_the_address_in_it() -> None:
    headers = [
        (b"X-Acme-Real-IP", b"anything"),
        (b"x-acme-origin", b"203.0.113.7"),
        (b"sec-ch-new-hint", b"1"),
        (b"x-acme-origin", b"203.0.113.7"),
        (b"x-real-ip", b"203.0.113.7"),
        (b"sec-ch-ua", b"1"),
        (b"host", b"127.0.0.1:8000"),
        (b"x-request-id", b"42"),
    ]
    assert suspicious_headers(headers) == ["x-acme-real-ip", "x-acme-origin", "sec-ch-new-hint"]
