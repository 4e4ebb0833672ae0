package io.overlaybd.service;

import io.overlaybd.config.BlobSpec;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.config.UpperSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a config tells what an image is after a snapshot of it:
 *
 * <pre>
 *  lowers = those of now, then the data file of the upper of now
 *  upper  = two other files
 * </pre>
 *
 * A layer may be told of in other words than now, as long as they mean the same file or the same digest. Immutable.
 */
final class SnapshotCheck {

    private final ImageConfig now;
    private final Path newFile;
    private final ImageConfig then;

    SnapshotCheck(ImageConfig now, Path newFile, ImageConfig then) {
        this.now = now;
        this.newFile = newFile;
        this.then = then;
    }

    void check() throws IOException {
        UpperSpec upperNow = now.upper().orElseThrow();
        UpperSpec upperThen = then.upper()
                .orElseThrow(() -> new IOException(newFile + ": upper: expected the files of a new upper, found none;"
                        + " make them with overlaybd-create"));
        checkNew("data", upperNow.data(), upperThen.data());
        checkNew("index", upperNow.index(), upperThen.index());
        checkLowers(upperNow.data());
    }

    private void checkNew(String key, Path usedNow, Path given) throws IOException {
        if (isSame(usedNow, given)) {
            throw new IOException(newFile + ": upper." + key + ": " + given
                    + " is in use now; make a new upper with overlaybd-create");
        }
    }

    private void checkLowers(Path sealed) throws IOException {
        List<LayerSpec> lowers = then.lowers();
        int expected = now.lowers().size() + 1;
        if (lowers.size() != expected) {
            throw new IOException(newFile + ": lowers: expected " + expected + ", those of now and " + sealed
                    + " on top, found " + lowers.size());
        }
        for (int i = 0; i < expected - 1; i++) {
            if (!isSame(now.lowers().get(i), lowers.get(i))) {
                throw new IOException(newFile + ": lowers[" + i + "]: is another layer than the image has there now");
            }
        }
        Optional<Path> top = existing(lowers.get(expected - 1).blob());
        if (top.isEmpty() || !isSame(top.get(), sealed)) {
            throw new IOException(newFile + ": lowers[" + (expected - 1) + "]: expected " + sealed
                    + ", the data file of the upper of now, found "
                    + top.map(Path::toString).orElse("no local file"));
        }
    }

    private static boolean isSame(LayerSpec one, LayerSpec other) throws IOException {
        if (one.equals(other)) {
            return true;
        }
        if (one.blob().digest().isPresent()
                && one.blob().digest().equals(other.blob().digest())) {
            return true;
        }
        Optional<Path> file = existing(one.blob());
        Optional<Path> otherFile = existing(other.blob());
        return file.isPresent() && otherFile.isPresent() && isSame(file.get(), otherFile.get());
    }

    private static Optional<Path> existing(BlobSpec blob) {
        return blob.candidates().stream().filter(Files::exists).findFirst();
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        return one.equals(other) || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    }
}
