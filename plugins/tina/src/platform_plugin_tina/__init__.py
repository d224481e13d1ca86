"""The TinaCMS editor for Platform: schema from the content model, local editing, publishing through TinaCloud or the site's own backend."""
