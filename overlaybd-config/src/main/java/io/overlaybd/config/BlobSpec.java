package io.overlaybd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the bytes of a layer may be found, in the order they are looked for: a file, files of fixed names in a
 * directory, a blob of the image's repository. At least one is given. Immutable.
 *
 * @param sizeBytes of the blob; 0 if unknown
 */
public record BlobSpec(Optional<Path> file, Optional<Path> dir, Optional<Digest> digest, long sizeBytes) {

    private static final List<String> NAMES_IN_DIR = List.of("overlaybd.commit", ".commit", "overlaybd.sealed");

    /** The local files that may hold the layer; the first that exists is the one. */
    public List<Path> candidates() {
        List<Path> candidates = new ArrayList<>();
        file.ifPresent(candidates::add);
        dir.ifPresent(d -> NAMES_IN_DIR.forEach(name -> candidates.add(d.resolve(name))));
        return candidates;
    }

    /** Whether nothing but the registry can have it. */
    public boolean isOnlyRemote() {
        return file.isEmpty() && dir.isEmpty() && digest.isPresent();
    }

    /** The keys {@code file}, {@code dir}, {@code digest}, {@code size}. */
    static BlobSpec from(ConfigObject object) {
        BlobSpec spec = new BlobSpec(
                object.path("file"), object.path("dir"), Digest.from(object, "digest"), object.unsigned("size", 0));
        if (!object.isGiven("file") && !object.isGiven("dir") && !object.isGiven("digest")) {
            object.problem("", "expected a file, dir or digest that says where the layer is, found none");
        }
        return spec;
    }
}
