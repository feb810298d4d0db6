"""Which calls are let in before anybody is on a line, and while it is locked; which of them are apart otherwise."""

from __future__ import annotations

from typing import Final

from console.desk.api.calling import HangUp, ReadOwnCall
from console.desk.api.challenge import AskChallenge, SignInWithKey
from console.desk.api.doorway import NoteSideDoor, SignInBySsh
from console.desk.api.files import AdmitLender, BeginUpload, DropUpload, KeepUpload
from console.desk.api.session import Greet, Lock, Resume, SignIn, SignInAs, SignOut, Unlock
from console.desk.api.staff import ConfirmSignUp, SignUp

_LENDERS: Final = (AdmitLender, BeginUpload, KeepUpload, DropUpload)
BEFORE_SIGN_IN: Final = (
    *_LENDERS,
    AskChallenge,
    SignInWithKey,
    NoteSideDoor,
    SignInBySsh,
    Greet,
    SignIn,
    SignInAs,
    Resume,
    SignUp,
    ConfirmSignUp,
)
"""What a line may ask on which nobody is."""
WHILE_LOCKED: Final = (Unlock, SignOut, Lock, Greet, NoteSideDoor, HangUp, ReadOwnCall)
"""What a locked line may ask; a call that goes on can be ended by whoever speaks."""
CHANGES_SEAT: Final = (*BEFORE_SIGN_IN, Lock, SignOut, Unlock)
"""After which another may be on the line than before, and be answered all the same."""
HASHING: Final = (SignIn, SignInBySsh, SignInWithKey, Unlock, SignUp)
"""What runs the slow hash of a password."""
SHUTTING: Final = (Lock, SignOut)
"""What never comes too often."""
