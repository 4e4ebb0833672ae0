package io.overlaybd.registry.credential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * Credentials in a file, read again whenever it changed. An absent file knows nobody; a broken one is an error.
 *
 * <p>Thread-safe: guarded by this.
 */
public final class FileCredentials implements CredentialProvider {

    private static final int MAX_FILE_BYTES = 1 << 20;

    /** What tells one version of the file from another. */
    private record Version(Object fileKey, FileTime modified, FileTime created, long sizeBytes) {}

    private final Path file;
    private Version version;
    private CredentialTable table;

    /** Credentials in {@code file}, which need not exist yet. */
    public FileCredentials(Path file) {
        this.file = file;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public synchronized Credentials find(CredentialQuery query) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            Version now = new Version(found.fileKey(), found.lastModifiedTime(), found.creationTime(), found.size());
            if (!now.equals(version)) {
                table = CredentialTable.parse(file.toString(), read(found.size()));
                version = now;
            }
        } catch (NoSuchFileException absent) {
            return Credentials.ANONYMOUS;
        }
        return table.find(query.host(), query.repository());
    }

    private byte[] read(long sizeBytes) throws IOException {
        if (sizeBytes > MAX_FILE_BYTES) {
            throw new IOException(file + ": expected at most " + MAX_FILE_BYTES + " bytes, found " + sizeBytes);
        }
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_FILE_BYTES);
        }
    }
}
