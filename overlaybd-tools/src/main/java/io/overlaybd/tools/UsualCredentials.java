package io.overlaybd.tools;

import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
import io.overlaybd.registry.credential.FileCredentials;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The credential files that are used if none is named: the first that knows the registry counts. Thread-safe. */
final class UsualCredentials implements CredentialProvider {

    private static final Path INSTALLED = Path.of("/opt/overlaybd/cred.json");

    private final List<FileCredentials> files;

    private UsualCredentials(List<FileCredentials> files) {
        this.files = files;
    }

    /** Docker's file of the user, where {@code DOCKER_CONFIG} or {@code HOME} says, then that of the installation. */
    static UsualCredentials of(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        Path docker = Path.of(environment.getOrDefault("DOCKER_CONFIG", home + "/.docker"), "config.json");
        // The file of the installation may be for root only, and then is none of this user's.
        return new UsualCredentials(Stream.of(docker, INSTALLED)
                .filter(Files::isReadable)
                .map(FileCredentials::new)
                .toList());
    }

    @Override
    public String name() {
        return files.isEmpty()
                ? "~/.docker/config.json or the file of --credentials"
                : files.stream().map(FileCredentials::name).collect(Collectors.joining(" or "));
    }

    @Override
    public Credentials find(CredentialQuery query) throws IOException {
        return first(file -> file.find(query));
    }

    @Override
    public Credentials findOther(CredentialQuery query, Credentials refused) throws IOException {
        return first(file -> file.findOther(query, refused));
    }

    private interface Question {
        Credentials ask(FileCredentials file) throws IOException;
    }

    /** A file that cannot be used, or whose helper cannot, is an error only if the other one does not know either. */
    private Credentials first(Question question) throws IOException {
        IOException failure = null;
        for (FileCredentials file : files) {
            try {
                Credentials found = question.ask(file);
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
            throw failure;
        }
        return Credentials.ANONYMOUS;
    }
}
