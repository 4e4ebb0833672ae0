package io.overlaybd.manual;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What all commands have in common beside their options. Immutable. */
final class Surroundings {

    static final Map<String, String> EXIT_CODES = ordered(
            "0", "It did its work",
            "1", "It did not; a line on standard error says what, why, and what to do about it",
            "2", "It was called wrongly");

    static final Map<String, String> ENVIRONMENT = ordered(
            "OVERLAYBD_JAVA",
            "The java to use; else runtime/bin/java beside bin, $JAVA_HOME/bin/java, the one on the PATH.",
            "OVERLAYBD_JAVA_OPTS",
            "More options for the JVM, split at spaces, such as -Xmx4g.",
            "OVERLAYBD_LOG_LEVEL",
            "WARN by default; INFO and DEBUG tell more, on standard error. The daemon has logConfig instead.");

    static final Map<String, String> FILES = ordered(
            "/etc/overlaybd/overlaybd.json",
            "Cache, credentials, TLS, logs. All fields are in docs/configuration.md.",
            "config.v1.json",
            "An image: its layers, bottom first, and perhaps a writable one.",
            "/opt/overlaybd/cred.json",
            "Users and passwords of registries.");

    private Surroundings() {}

    private static Map<String, String> ordered(String... namesAndMeanings) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndMeanings.length; i += 2) {
            map.put(namesAndMeanings[i], namesAndMeanings[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }
}
