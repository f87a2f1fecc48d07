"""What `closeout check` asks of the mail server: that it answers, knows us, and takes our sender."""

from bot.integrations.mail.post import NotKnown, Post
from bot.lib.errors import DeliveryError
from bot.lib.findings import Finding, bad, ok

WHAT = "Mail"
LOCAL = ("127.0.0.1", "::1", "localhost")


async def check(post: Post, patience: float) -> list[Finding]:
    """One line; no mail is sent."""
    where = f"{post.host}:{post.port}"
    try:
        is_encrypted = await post.knock(patience)
    except NotKnown as error:
        return [bad(WHAT, f"{where}: {error}", "Mend the user and password in SMTP_URL, then start again.")]
    except DeliveryError as error:
        remedy = (
            "Mend MAIL_FROM." if error.permanent else "Mend host and port in SMTP_URL, or start the server."
        )
        return [bad(WHAT, f"{where}: {error}", f"{remedy} Then check again.")]
    if post.user and not is_encrypted and post.host not in LOCAL:
        remedy = "Use smtps://, or a server that offers STARTTLS."
        return [bad(WHAT, f"{where} takes our password over a line that is not encrypted", remedy)]
    how = "encrypted" if is_encrypted else "not encrypted"
    who = f", knows us as {post.user}" if post.user else ""
    return [ok(WHAT, f"{where} answers ({how}){who} and takes mail from {post.sender}")]
