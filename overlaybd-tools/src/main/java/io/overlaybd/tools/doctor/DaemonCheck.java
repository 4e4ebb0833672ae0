package io.overlaybd.tools.doctor;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the daemon runs, alone, and answers.
 *
 * @param state as {@code overlaybd-ctl status} tells it
 * @param api the address of its HTTP service, if it is to have one
 */
record DaemonCheck(Machine machine, Doctor.Words state, Optional<String> api) implements Check {

    private static final int PATIENCE_MILLIS = 3_000;

    @Override
    public String subject() {
        return "daemon";
    }

    @Override
    public List<Finding> look() throws IOException {
        List<Finding> findings = new ArrayList<>();
        String words = state.words();
        boolean runs = words.equals("running");
        findings.add(
                runs
                        ? Finding.ok(subject(), "overlaybd-tcmu is running")
                        : Finding.warn(
                                subject(),
                                "overlaybd-tcmu: " + words + "; disks can be neither attached nor read",
                                "systemctl start overlaybd-tcmu; if it does not, its log tells why"));
        if (!machine.processes("tcmu-runner").isEmpty()) {
            findings.add(Finding.warn(
                    subject(),
                    "tcmu-runner is running too: each may refuse the other's devices",
                    "systemctl disable --now tcmu-runner"));
        }
        if (runs && api.isPresent()) {
            findings.add(answer(api.get().contains("://") ? api.get() : "http://" + api.get()));
        }
        return findings;
    }

    /** A request for nothing is answered with an error, which is an answer. */
    private static Finding answer(String address) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address + "/").toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            int status = connection.getResponseCode();
            connection.disconnect();
            return Finding.ok("service", address + " answers (HTTP status " + status + " to a request for nothing)");
        } catch (IOException | IllegalArgumentException e) {
            return Finding.fail(
                    "service",
                    address + " does not answer: " + e.getMessage(),
                    "see serviceConfig.address and the daemon's log; another program may have the port");
        }
    }
}
