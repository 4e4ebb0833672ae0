package io.overlaybd.tools.doctor;

import io.overlaybd.config.ConfigException;
import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the configuration is sound. Reads it for those that come after it. Thread-confined. */
final class ConfigCheck implements Check {

    private final Path file;
    private GlobalConfig config; // null unless it could be read

    ConfigCheck(Path file) {
        this.file = file;
    }

    /** The configuration, or nothing if there is none that could be used. */
    Optional<GlobalConfig> config() {
        return Optional.ofNullable(config);
    }

    @Override
    public String subject() {
        return "configuration";
    }

    @Override
    public List<Finding> look() throws IOException {
        boolean there = Files.exists(file);
        Loaded<GlobalConfig> loaded;
        try {
            loaded = GlobalConfig.readIfExists(file);
        } catch (ConfigException e) {
            return e.problems().stream()
                    .map(problem -> Finding.fail(
                            subject(), file + ": " + problem, "correct it; docs/configuration.md has every field"))
                    .toList();
        }
        config = loaded.config();
        List<Finding> findings = new ArrayList<>();
        for (String warning : loaded.warnings()) {
            findings.add(Finding.warn(subject(), file + ": " + warning, "correct it, or remove the field"));
        }
        if (!there) {
            findings.add(missing());
        } else if (findings.isEmpty()) {
            findings.add(Finding.ok(subject(), file.toString()));
        }
        return findings;
    }

    /** That of the installation need not exist; one that is named must. */
    private Finding missing() {
        String mend = "copy etc/overlaybd.json of the installation there, or name another with --config";
        return file.equals(GlobalConfig.DEFAULT_FILE)
                ? Finding.warn(subject(), file + ": not there, defaults are used", mend)
                : Finding.fail(subject(), file + ": not there, so nothing starts with it", mend);
    }
}
