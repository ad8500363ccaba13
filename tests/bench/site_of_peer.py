"""The peer of tests.bench.groups: a plain Django list, as its documentation builds one, in its own environment."""

import os

import django
from django.conf import settings

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = 50
TEMPLATE = """{% extends "base" %}{% block main %}<h1>Groups</h1><ul class="cards">
{% for group in page %}<li class="card"><h3><a href="/groups/{{ group.slug }}">{{ group.name }}</a></h3>
<p>{{ group.purpose|truncatechars:140 }}</p><p class="meta"><span>{{ group.branch.name }}</span>
<span>{% if group.joining == "accept" %}organisers accept{% elif group.joining == "branch" %}members of the branch
{% else %}every member{% endif %}</span></p></li>
{% endfor %}</ul>
{% if page.has_previous %}<a href="?page={{ page.previous_page_number }}">Back</a>{% endif %}
{% if page.has_next %}<a href="?page={{ page.next_page_number }}">More</a>{% endif %}{% endblock %}"""
BASE = """<!doctype html><html lang="en"><head><title>Groups</title></head><body><header><a href="/">Hub</a>
<nav><ul><li><a href="/record">Record</a></li><li><a href="/rules">Rules</a></li></ul></nav></header>
<main>{% block main %}{% endblock %}</main><footer>Open to all</footer></body></html>"""

settings.configure(
    DEBUG=False,
    SECRET_KEY="a bench has no secrets",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.path.join(HERE, "peer.db"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"list": TEMPLATE, "base": BASE})],
                    )
                ],
            },
        }
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.core.paginator import Paginator  # noqa: E402  # needs the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Branch(models.Model):
    """A branch."""

    name = models.CharField(max_length=80)

    class Meta:
        app_label = "peer"


class Group(models.Model):
    """A group of a branch."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    purpose = models.TextField()
    joining = models.CharField(max_length=10, default="branch")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)

    class Meta:
        app_label = "peer"


def show(request):
    """Fifty groups by address."""
    listed = Group.objects.select_related("branch").order_by("slug")
    return render(request, "list", {"page": Paginator(listed, PAGE).get_page(request.GET.get("page"))})


urlpatterns = [path("", show)]
application = get_wsgi_application()


def fill():
    """Makes the tables and rows."""
    with connection.schema_editor() as editor:
        editor.create_model(Branch)
        editor.create_model(Group)
    with open(os.path.join(HERE, "rows.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    Branch.objects.bulk_create(Branch(id=n, name=f"Branch {n}") for n in {int(row[3]) for row in rows})
    made = (Group(slug=slug, name=name, purpose=purpose, branch_id=int(n)) for slug, name, purpose, n in rows)
    Group.objects.bulk_create(made, batch_size=2000)


if __name__ == "__main__":
    fill()
