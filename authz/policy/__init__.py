"""The rules of permission as casbin text: model.conf and permissions.csv are their only wording."""
