# One's own API tokens
tokens = API tokens
tokens-lead = By a token a program acts as your account: only what its scopes say, and never more than you may. Tokens are made by an operator and shown once. End those that you do not know or no longer use.
tokens-none = Your account has no token. Ask an operator where you need one.
token-name = Name and number
token-scopes = Scopes
token-used = Last used
token-never-used = Never
token-expires = Holds until
token-state = State
token-active = Active
token-expired = Expired
token-revoked = Ended
token-end = End
token-ended = The token was ended: no program gets in by it any more.
