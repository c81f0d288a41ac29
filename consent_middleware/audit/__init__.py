"""What a browser finds: a site's cookies, stored keys, third parties and questions about the device, held against its policy.

Importing this needs no browser; ``visiting`` does.
"""
