"""What these tests share with the provider's."""

from tests.oidc.conftest import bare as bare
from tests.web.conftest import house as house
