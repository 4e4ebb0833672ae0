package io.overlaybd.service;

import io.overlaybd.config.BlobSpec;
import io.overlaybd.config.Digest;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.zfile.ZFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the bytes of a layer and composes the chain of sources over them, each owning the one below:
 *
 * <pre>
 *  file -> tar wrapper off, if there is one -> decompressed, if it is a ZFile -> layer
 * </pre>
 *
 * Messages say what is wrong and what to do; the layer's number is added by {@link StackOpener}. Stateless.
 */
final class LayerOpener {

    /** Opens a layer; on failure nothing stays open. */
    SealedLayer open(LayerSpec spec) throws IOException {
        if (spec instanceof LayerSpec.TurboOci) {
            throw new IOException("is a turboOCI layer (targetFile or targetDigest), which this version cannot read;"
                    + " convert the image to overlaybd layers");
        }
        Optional<Path> local = firstExisting(spec.blob().candidates());
        Optional<Digest> digest = spec.blob().digest();
        if (local.isEmpty()) {
            throw digest.map(LayerOpener::remoteOnly).orElseGet(() -> nowhere(spec.blob()));
        }
        try {
            return openFile(local.get());
        } catch (IOException e) {
            if (digest.isPresent()) {
                throw new IOException(
                        e.getMessage() + " (reading " + digest.get()
                                + " from the registry instead is not supported by this version)",
                        e);
            }
            throw e;
        }
    }

    /** What cannot be looked at counts as there: opening it will say why. */
    private static Optional<Path> firstExisting(List<Path> candidates) {
        return candidates.stream().filter(path -> !Files.notExists(path)).findFirst();
    }

    private static SealedLayer openFile(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(path + ": is a directory; name the layer file in it, or use the key dir");
        }
        try {
            return compose(FileSource.open(path));
        } catch (IOException e) {
            throw explained(path, e);
        }
    }

    private static SealedLayer compose(BlobSource file) throws IOException {
        boolean done = false;
        BlobSource top = file;
        try {
            top = TarWrapper.unwrap(top);
            top = ZFile.probe(top) ? ZFile.open(top) : top;
            SealedLayer layer = SealedLayer.open(top);
            done = true;
            return layer;
        } finally {
            if (!done) {
                top.close();
            }
        }
    }

    private static IOException explained(Path path, IOException cause) {
        String message = String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
        String named = message.contains(path.toString()) ? message : path + ": " + message;
        String advice = cause instanceof CorruptFormatException
                ? "fetch or build this layer again"
                : "see that it is a layer file and that this user may read it";
        return new IOException(named + "; " + advice, cause);
    }

    private static IOException remoteOnly(Digest digest) {
        return new IOException(
                "no local file has it, and reading " + digest
                        + " from the registry is not supported by this version; download the blob and name it with the key file");
    }

    private static IOException nowhere(BlobSpec blob) {
        String places = blob.candidates().stream().map(Path::toString).collect(Collectors.joining(", "));
        return new NoSuchFileException(
                "none of these files exists: " + places + "; correct file or dir, or provide one");
    }
}
