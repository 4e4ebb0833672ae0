package io.overlaybd.registry.credential;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Credentials in a file, read again whenever it changed, and those that the programs named in it know. An absent file knows
 * nobody; a broken one is an error. A program that fails is an error only if nobody else knows.
 *
 * <p>Thread-safe: file and table are guarded by this; programs run outside of it, one at a time for a server.
 */
public final class FileCredentials implements CredentialProvider {

    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final Duration HELPER_LIMIT = Duration.ofSeconds(10);

    /** What tells one version of the file from another. */
    private record Version(Object fileKey, FileTime modified, FileTime created, long sizeBytes) {}

    private final Path file;
    private final Map<String, String> environment;
    private final Duration helperLimit;
    private final KeptAnswers answers;
    private Version version;
    private CredentialTable table;

    /** Credentials in {@code file}, which need not exist yet. */
    public FileCredentials(Path file) {
        this(file, System.getenv(), HELPER_LIMIT, System::nanoTime);
    }

    FileCredentials(Path file, Map<String, String> environment, Duration helperLimit, LongSupplier nanoTime) {
        this.file = file;
        this.environment = environment;
        this.helperLimit = helperLimit;
        this.answers = new KeptAnswers(nanoTime);
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public Credentials find(CredentialQuery query) throws IOException {
        return findOther(query, null);
    }

    @Override
    public Credentials findOther(CredentialQuery query, Credentials refused) throws IOException {
        IOException failure = null;
        for (CredentialTable.Match match : matches(query)) {
            try {
                Credentials found = match instanceof CredentialTable.Ask ask
                        ? ask(ask, refused)
                        : ((CredentialTable.Known) match).credentials();
                if (!found.isAnonymous()) {
                    return found;
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw new IOException(file + ": " + failure.getMessage(), failure);
        }
        return Credentials.ANONYMOUS;
    }

    private Credentials ask(CredentialTable.Ask ask, Credentials refused) throws IOException {
        return answers.find(
                ask.helper() + " " + ask.server(),
                refused,
                () -> HelperProgram.named(ask.helper(), environment, helperLimit)
                        .get(ask.server()));
    }

    private synchronized List<CredentialTable.Match> matches(CredentialQuery query) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            Version now = new Version(found.fileKey(), found.lastModifiedTime(), found.creationTime(), found.size());
            if (!now.equals(version)) {
                table = CredentialReader.parse(file.toString(), read(found.size()));
                version = now;
            }
        } catch (NoSuchFileException absent) {
            return List.of();
        }
        return table.matches(query.host(), query.repository());
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
