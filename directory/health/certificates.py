"""What is wrong with a site's certificate, and until when it holds."""

from __future__ import annotations

import asyncio
import ssl
from datetime import datetime, timezone

import httpx
from cryptography import x509

# Results of OpenSSL's verification (man 3 X509_STORE_CTX_get_error).
_PROBLEMS = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "the certificate is signed by an unknown authority",
    20: "the certificate's issuer is unknown; the site may not send its whole chain",
    62: "the certificate is for another host name",
    64: "the certificate is for another IP address",
}


def problem(error: ssl.SSLCertVerificationError) -> str:
    """Say what is wrong with the certificate."""
    return _PROBLEMS.get(error.verify_code, f"the certificate is not valid: {error.verify_message}")


def expiry(response: httpx.Response) -> datetime | None:
    """When the certificate behind an answer expires; None for plain http."""
    tls = response.extensions["network_stream"].get_extra_info("ssl_object")
    if tls is None:
        return None
    ends = ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
    return datetime.fromtimestamp(ends, timezone.utc)


async def presented_expiry(address: str, port: int, host: str) -> datetime | None:
    """When a certificate expires that was refused; None if the site does not show it again.

    The site is asked for its certificate once more, without judging it and without sending a
    request, because the refusing connection does not give it away.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
    except OSError:
        return None
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(certificate).not_valid_after_utc
    except ValueError:
        return None
    finally:
        writer.close()
