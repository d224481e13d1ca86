"""Running a composed site on this machine: the embedded AWS, the edge, the builder."""
