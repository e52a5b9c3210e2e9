"""What must be there before `make` can do its work? Run by whatever Python there is, also one that
is too old for anything else here, so nothing in it is newer than Python 3.6.

python3 deploy/preflight.py [python] [port]
"""

import errno
import os
import socket
import sys

OLDEST = (3, 11)


def python():
    """What this Python lacks to make an environment, and what to do; or None."""
    if sys.version_info < OLDEST:
        wanted, there = (".".join(map(str, one)) for one in (OLDEST, sys.version_info[:3]))
        return (
            f"Python {wanted} or later is needed, and {sys.executable} is {there}. "
            f"Install a newer one and name it: make PYTHON=python{wanted} run"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return (
            "this Python cannot make an environment. Install what is missing, on Debian and Ubuntu "
            "with: sudo apt install python3-venv"
        )
    return None


def port():
    """Why the site cannot listen where it is to, and what to do; or None. Anything but a port that
    is taken is left to `beslut serve`, which knows more."""
    host = os.environ.get("BESLUT_HOST") or "127.0.0.1"
    number = os.environ.get("BESLUT_PORT") or "8000"
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(number)))
        listener.listen()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"port {number} is taken by another program. Choose another: "
                f"BESLUT_PORT={int(number) % 60000 + 1} make run"
            )
    except (OverflowError, TypeError, ValueError):
        pass
    finally:
        listener.close()
    return None


if __name__ == "__main__":
    checks = {"python": python, "port": port}
    found = [wrong for wrong in (checks[name]() for name in sys.argv[1:]) if wrong]
    sys.exit("\n".join("make: " + wrong for wrong in found) or None)
