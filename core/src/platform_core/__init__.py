"""Discovery, composition, content model, releases and AWS constructs of Platform."""
