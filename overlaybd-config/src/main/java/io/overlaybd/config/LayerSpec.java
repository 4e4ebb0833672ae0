package io.overlaybd.config;

import java.nio.file.Path;
import java.util.Optional;

/** One element of {@code lowers}: what kind of layer, and where its bytes may be found. Immutable. */
public sealed interface LayerSpec {

    /** The layer's own bytes. */
    BlobSpec blob();

    /** A layer that holds all its data. */
    record Overlaybd(BlobSpec blob) implements LayerSpec {}

    /** A layer that holds only filesystem metadata; file contents are read from the original image layer. */
    record TurboOci(BlobSpec blob, Target target, Optional<Path> gzipIndex) implements LayerSpec {}

    /** Where the original image layer of a {@link TurboOci} layer is. */
    sealed interface Target {

        /** A local file; wins over a digest. */
        record Local(Path file) implements Target {}

        /** A blob of the image's repository. */
        record Remote(Digest digest) implements Target {}
    }

    /** Whether the registry is sure to be needed. */
    default boolean needsRegistry() {
        return blob().isOnlyRemote() || (this instanceof TurboOci turbo && turbo.target() instanceof Target.Remote);
    }

    /** The keys {@code targetFile}, {@code targetDigest}, {@code gzipIndex}, and those of {@link BlobSpec}. */
    static LayerSpec from(ConfigObject object) {
        BlobSpec blob = BlobSpec.from(object);
        Optional<Path> file = object.path("targetFile");
        Optional<Digest> digest = Digest.from(object, "targetDigest");
        Optional<Path> gzipIndex = object.path("gzipIndex");
        Optional<Target> target = file.<Target>map(Target.Local::new).or(() -> digest.map(Target.Remote::new));
        if (target.isPresent()) {
            return new TurboOci(blob, target.get(), gzipIndex);
        }
        boolean malformed = object.isGiven("targetFile") || object.isGiven("targetDigest");
        if (gzipIndex.isPresent() && !malformed) {
            object.problem("gzipIndex", "needs a targetFile or a targetDigest that it is the index of");
        }
        return new Overlaybd(blob);
    }
}
