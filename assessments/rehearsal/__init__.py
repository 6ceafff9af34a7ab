"""The paper of the rehearsal (试考), as data; `entry.rehearsal` puts it on a site."""
