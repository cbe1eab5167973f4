from django.dispatch import Signal

# Sent in the transaction that finds a virus: ``blob`` holds it, ``signature`` is its name.
file_infected = Signal()
