package io.overlaybd.registry;

/**
 * What a token must be good for: one repository, to read or to write, perhaps with another to mount blobs from.
 *
 * @param mountFrom name of a second repository of the same registry that is read, null for none
 */
record Access(Repository repository, boolean push, String mountFrom) {

    static Access pull(Repository repository) {
        return new Access(repository, false, null);
    }

    static Access push(Repository repository) {
        return new Access(repository, true, null);
    }

    /** The scopes in the registry's own words. */
    String scope() {
        String own = "repository:" + repository.name() + (push ? ":pull,push" : ":pull");
        return mountFrom == null ? own : own + " repository:" + mountFrom + ":pull";
    }
}
