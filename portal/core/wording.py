"""Sentences of Django that our catalogue says in plainer words.

A project's catalogue wins over Django's own; naming the sentences here keeps them in it.
"""

from django.utils.translation import gettext_noop

PLAIN_WORDS = (
    gettext_noop("This field is required."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("No file was submitted. Check the encoding type on the form."),
    gettext_noop("The submitted file is empty."),
)
