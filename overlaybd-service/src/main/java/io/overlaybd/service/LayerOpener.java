package io.overlaybd.service;

import io.overlaybd.config.BlobSpec;
import io.overlaybd.config.LayerSpec;
import io.overlaybd.core.SealedLayer;
import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.FileSource;
import io.overlaybd.io.tar.TarWrapper;
import io.overlaybd.registry.Repository;
import io.overlaybd.service.download.ImageDownloads;
import io.overlaybd.service.download.RemoteBlob;
import io.overlaybd.service.prefetch.ImageTrace;
import io.overlaybd.zfile.ZFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the bytes of a layer and composes the chain of sources over them, each owning the one below:
 *
 * <pre>
 *  file, or blob through the cache until it is downloaded -> tar wrapper off, if there is one -> decompressed, if it is a ZFile
 *  -> traced, if the image has its reads recorded or fetched ahead -> layer
 * </pre>
 *
 * The first local file that exists counts; if there is none, or it cannot be opened, the registry is asked. The layer's
 * number is added to messages by {@link StackOpener}. Immutable.
 */
final class LayerOpener {

    private static final Logger LOG = LoggerFactory.getLogger(LayerOpener.class);

    private final RemoteBlobs remote;
    private final ImageDownloads downloads;
    private final String repoBlobUrl;
    private final ImageTrace trace;
    private final int number;

    /** An opener for layer {@code number} of an image, 0 at the bottom; {@code repoBlobUrl} may be empty. */
    LayerOpener(RemoteBlobs remote, ImageDownloads downloads, String repoBlobUrl, ImageTrace trace, int number) {
        this.remote = remote;
        this.downloads = downloads;
        this.repoBlobUrl = repoBlobUrl;
        this.trace = trace;
        this.number = number;
    }

    /** Opens the layer; on failure nothing stays open. */
    SealedLayer open(LayerSpec spec) throws LayerException {
        if (spec instanceof LayerSpec.TurboOci) {
            throw LayerException.nowhere("is a turboOCI layer (targetFile or targetDigest), which this version cannot"
                    + " read; convert the image to overlaybd layers");
        }
        BlobSpec blob = spec.blob();
        Optional<Path> local = firstExisting(blob.candidates());
        if (local.isEmpty()) {
            return openRemote(blob, false);
        }
        try {
            return openFile(local.get(), blob);
        } catch (LayerException e) {
            if (blob.digest().isEmpty()) {
                throw e;
            }
            LOG.warn("{}; the registry is asked instead", e.getMessage());
            return openInsteadOf(blob, e);
        }
    }

    private SealedLayer openInsteadOf(BlobSpec blob, LayerException local) throws LayerException {
        try {
            return openRemote(blob, true);
        } catch (LayerException e) {
            throw e.after(local);
        }
    }

    /** What cannot be looked at counts as there: opening it will say why. */
    private static Optional<Path> firstExisting(List<Path> candidates) {
        return candidates.stream().filter(path -> !Files.notExists(path)).findFirst();
    }

    private SealedLayer openFile(Path path, BlobSpec blob) throws LayerException {
        if (Files.isDirectory(path)) {
            throw LayerException.nowhere(path + ": is a directory; name the layer file in it, or use the key dir");
        }
        try {
            return compose(withBlobBehind(FileSource.open(path), blob));
        } catch (IOException e) {
            throw LayerException.local(path, e);
        }
    }

    /** Lets the registry step in should the file be damaged, if the config says that it has the same bytes. */
    private BlobSource withBlobBehind(FileSource file, BlobSpec blob) throws IOException {
        boolean mayBeSame = blob.sizeBytes() == 0 || blob.sizeBytes() == file.sizeBytes();
        Optional<Repository> repository = blob.digest().isEmpty() ? Optional.empty() : repositoryIfAny();
        if (!mayBeSame || repository.isEmpty()) {
            return file;
        }
        boolean done = false;
        try {
            BlobSource both = downloads.withBlobBehind(file, remoteBlob(blob, repository.get()), blob.dir());
            done = true;
            return both;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private Optional<Repository> repositoryIfAny() {
        try {
            return repoBlobUrl.isEmpty() ? Optional.empty() : Optional.of(Repository.ofBlobsUrl(repoBlobUrl));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private SealedLayer openRemote(BlobSpec blob, boolean isFileDamaged) throws LayerException {
        if (blob.digest().isEmpty()) {
            throw LayerException.nowhere(
                    "none of these files exists: " + places(blob) + "; correct file or dir, or provide one");
        }
        RemoteBlob remoteBlob = remoteBlob(blob, repository(blob.digest().get().text()));
        try {
            BlobSource bytes = isFileDamaged
                    ? downloads.openInsteadOfFile(remoteBlob, blob.dir())
                    : downloads.open(remoteBlob, blob.dir());
            return compose(new MeasuredBlob(bytes, remote.reads()));
        } catch (IOException e) {
            throw LayerException.remote(remoteBlob.name(), e);
        }
    }

    private RemoteBlob remoteBlob(BlobSpec blob, Repository repository) {
        BlobEnds ends = trace.isReplayed() ? BlobEnds.TOGETHER : BlobEnds.ONE_BY_ONE;
        return remote.blob(repository, blob.digest().orElseThrow().text(), blob.sizeBytes(), ends);
    }

    private Repository repository(String digest) throws LayerException {
        if (repoBlobUrl.isEmpty()) {
            throw LayerException.withoutRepository("no local file has " + digest
                    + ", and the config names no registry; set repoBlobUrl, or provide the file");
        }
        try {
            return Repository.ofBlobsUrl(repoBlobUrl);
        } catch (IllegalArgumentException e) {
            throw LayerException.nowhere("repoBlobUrl: " + e.getMessage());
        }
    }

    private static String places(BlobSpec blob) {
        return blob.candidates().stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    /**
     * Takes over {@code bytes}, which is closed on failure. A cache may have been given wrong bytes: what makes no layer is
     * evicted and read again, once.
     */
    private SealedLayer compose(BlobSource bytes) throws IOException {
        boolean done = false;
        try {
            SealedLayer layer = composeOrReload(bytes);
            done = true;
            return layer;
        } finally {
            if (!done) {
                bytes.close();
            }
        }
    }

    private SealedLayer composeOrReload(BlobSource bytes) throws IOException {
        try {
            return composeOnce(bytes);
        } catch (CorruptFormatException e) {
            if (!bytes.evict(0, bytes.sizeBytes())) {
                throw e;
            }
            LOG.warn("{}; it is read again", e.getMessage());
            return composeOnce(bytes);
        }
    }

    /** The wrappers hold nothing but what they wrap, so on failure closing {@code bytes} is enough. */
    private SealedLayer composeOnce(BlobSource bytes) throws IOException {
        BlobSource top = TarWrapper.unwrap(bytes);
        return SealedLayer.open(trace.over(number, ZFile.probe(top) ? ZFile.open(top) : top));
    }
}
