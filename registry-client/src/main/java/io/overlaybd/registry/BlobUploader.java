package io.overlaybd.registry;

import io.overlaybd.io.BlobSource;
import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;

/**
 * Puts blobs into a repository. What is there already is not sent again. A push that fails on the way begins anew, since its
 * source can be read again; what the registry got until then it throws away. Thread-safe.
 */
public final class BlobUploader {

    /** How a blob came to be in the repository. */
    public enum Outcome {
        /** It was there. */
        EXISTED,
        /** The registry took it from another repository. */
        MOUNTED,
        /** It was sent. */
        SENT
    }

    private static final long WHOLE = Long.MAX_VALUE;

    private final Caller caller;
    private final Transport transport;
    private final Repository repository;
    private final Access access;
    private final String mountFrom;
    private final long pieceBytes;

    BlobUploader(Caller caller, Transport transport, Repository repository) {
        this(caller, transport, repository, null, WHOLE);
    }

    private BlobUploader(Caller caller, Transport transport, Repository repository, String mountFrom, long pieceBytes) {
        this.caller = caller;
        this.transport = transport;
        this.repository = repository;
        this.access = Access.push(repository);
        this.mountFrom = mountFrom;
        this.pieceBytes = pieceBytes;
    }

    /** Sends pieces of this length, one after the other, for what stands between that refuses long requests. */
    public BlobUploader inPieces(long lengthBytes) {
        if (lengthBytes < 1) {
            throw new IllegalArgumentException("pieces of " + lengthBytes + " bytes");
        }
        return new BlobUploader(caller, transport, repository, mountFrom, lengthBytes);
    }

    /** Asks the registry first to take the blob from another of its repositories. */
    public BlobUploader mountingFrom(String otherRepository) {
        return new BlobUploader(caller, transport, repository, otherRepository, pieceBytes);
    }

    /**
     * Puts a blob.
     *
     * @param digest of all that the source holds; verified while it is sent
     * @throws RegistryException if the registry does not take it
     * @throws io.overlaybd.io.CorruptFormatException if the source holds something else
     */
    public Outcome upload(BlobSource source, Digest digest) throws IOException {
        SizeRead.Found found = caller.call(access, new SizeRead(repository.blob(digest)));
        if (found.exists()) {
            return Outcome.EXISTED;
        }
        UploadStart start = new UploadStart(transport, repository, digest, null);
        try {
            return caller.callTogether(start, source.sizeBytes(), left -> attempt(start, source, digest, left));
        } catch (LocalFailureException e) {
            throw e.reason();
        }
    }

    private Outcome attempt(UploadStart start, BlobSource source, Digest digest, Duration left) throws IOException {
        HttpUrl location = begin(start, digest, left);
        if (location == null) {
            return Outcome.MOUNTED;
        }
        if (source.sizeBytes() > pieceBytes) {
            sendPieces(source, digest, location, left);
        } else {
            SourceBody whole = new SourceBody(source, 0, source.sizeBytes(), digest.hasher(), digest);
            caller.once(access, new UploadEnd(location, digest, whole), left);
        }
        return Outcome.SENT;
    }

    /**
     * Where to send the blob, null if the registry took it from the other repository. A mount that it does not even want
     * to hear of does not stop the upload.
     */
    private HttpUrl begin(UploadStart start, Digest digest, Duration left) throws IOException {
        if (mountFrom != null) {
            Access both = new Access(repository, true, mountFrom);
            try {
                UploadStart mount = new UploadStart(transport, repository, digest, mountFrom);
                return caller.once(both, mount, left).location();
            } catch (FailedAttempt e) {
                if (!UploadStart.mayBeTheMount(e.kind())) {
                    throw e;
                }
            } catch (RegistryException e) {
                if (!UploadStart.mayBeTheMount(e.kind())) {
                    throw e;
                }
            }
        }
        return caller.once(access, start, left).location();
    }

    private void sendPieces(BlobSource source, Digest digest, HttpUrl first, Duration left) throws IOException {
        HttpUrl location = first;
        MessageDigest hasher = digest.hasher();
        for (long at = 0; at < source.sizeBytes(); at += pieceBytes) {
            long length = Math.min(pieceBytes, source.sizeBytes() - at);
            boolean isLast = at + length == source.sizeBytes();
            SourceBody piece = new SourceBody(source, at, length, hasher, isLast ? digest : null);
            location = caller.once(access, new UploadPiece(transport, location, piece), left);
            hasher = piece.after();
        }
        caller.once(access, new UploadEnd(location, digest, RequestBody.create(new byte[0], null)), left);
    }
}
