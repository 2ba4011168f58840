"""Types of credentials and roles: Docs/Spec/Credentials.md, "Types"."""
GENESIS, ADMIT, DEVICE_ADMIT, DEVICE_REVOKE, REMOVE, ROLE, INVITE, CANCEL, COUNCIL = range(9)
ROTATE, SHARE, SUSPECT, LIFT = 9, 10, 17, 18
READER, EDITOR, ADMIN = 1, 2, 3
ROLE_NAMES = {READER: "reader", EDITOR: "editor", ADMIN: "admin"}
