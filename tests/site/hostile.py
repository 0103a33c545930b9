"""What a stranger may write."""

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7 * 7 }}<!--&amp;"
