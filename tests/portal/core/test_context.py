from portal.core.context import new_request_id, origin, originating


def test_origin_is_empty_outside_of_requests_and_tasks() -> None:
    assert (origin().request_id, origin().request) == ("", None)


def test_originating_gives_the_outer_one_back(rf) -> None:
    request = rf.get("/")
    with originating(request_id="outer", request=request):
        with originating(request_id="inner"):
            assert (origin().request_id, origin().request) == ("inner", None)
        assert (origin().request_id, origin().request) == ("outer", request)
    assert origin().request_id == ""


def test_request_ids_differ() -> None:
    assert len({new_request_id() for _ in range(100)}) == 100
