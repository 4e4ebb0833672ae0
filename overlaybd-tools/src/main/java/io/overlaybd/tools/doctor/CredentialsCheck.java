package io.overlaybd.tools.doctor;

import io.overlaybd.config.CredentialConfig;
import io.overlaybd.config.GlobalConfig;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.FileCredentials;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whether secrets can be read, and by nobody else. */
record CredentialsCheck(GlobalConfig config) implements Check {

    @Override
    public String subject() {
        return "credentials";
    }

    @Override
    public List<Finding> look() throws IOException {
        List<Finding> findings = new ArrayList<>();
        CredentialConfig credentials = config.credentials();
        switch (credentials.mode()) {
            case FILE -> findings.add(file(Path.of(credentials.path())));
            case UDS -> findings.add(socket(Path.of(credentials.path())));
            case HTTP, HTTPS ->
                findings.add(Finding.ok(
                        subject(), "asked of a server; --image CONFIG has it asked for the registry of an image"));
        }
        credentials.clientKey().ifPresent(key -> findings.add(secret(key)));
        config.tls().key().ifPresent(key -> findings.add(secret(key)));
        return findings;
    }

    private Finding file(Path file) {
        if (Files.notExists(file)) {
            return Finding.warn(
                    subject(),
                    file + ": not there; registries are asked without a password",
                    "write one if a registry wants a password; docs/configuration.md has its form");
        }
        try {
            new FileCredentials(file).find(new CredentialQuery("registry.invalid", "none", ""));
        } catch (AccessDeniedException e) {
            return Finding.fail(subject(), file + ": permission denied", "run this as the daemon's user, root");
        } catch (IOException e) {
            return Finding.fail(subject(), e.getMessage(), "correct it; docs/configuration.md has its form");
        }
        return secret(file);
    }

    private Finding socket(Path socket) {
        return Files.isWritable(socket)
                ? Finding.ok(subject(), socket + " is there")
                : Finding.fail(
                        subject(), socket + ": no socket that can be written to", "start the server of credentials");
    }

    /** A file that holds a secret. */
    private Finding secret(Path file) {
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            if (rights.contains(PosixFilePermission.OTHERS_READ) || rights.contains(PosixFilePermission.GROUP_READ)) {
                return Finding.warn(subject(), file + ": holds secrets and can be read by others", "chmod 600 " + file);
            }
            if (!Files.isReadable(file)) {
                return Finding.fail(subject(), file + ": permission denied", "run this as the daemon's user, root");
            }
            return Finding.ok(subject(), file + ": sound, and its owner's alone");
        } catch (IOException e) {
            return Finding.fail(subject(), file + ": cannot be read: " + e.getMessage(), "correct its path");
        }
    }
}
