"""Property tests take their time: a busy machine is no reason for one to fail."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "portal",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("portal")
