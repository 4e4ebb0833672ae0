package io.overlaybd.tools.doctor;

import io.overlaybd.config.TlsConfig;
import io.overlaybd.registry.tls.TlsContext;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whom TLS trusts. */
record CertificatesCheck(TlsConfig config, InstantSource clock) implements Check {

    @Override
    public String subject() {
        return "certificates";
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        Set<X509Certificate> ofJava = new HashSet<>(
                Arrays.asList(TlsContext.verifying().trustManager().getAcceptedIssuers()));
        if (ofJava.isEmpty()) {
            findings.add(Finding.warn(
                    subject(),
                    "Java trusts nobody",
                    "install ca-certificates-java and run update-ca-certificates -f, or name a certConfig.caFile"));
        } else {
            findings.add(Finding.ok(subject(), "Java trusts " + ofJava.size() + " authorities"));
        }
        if (config.insecureSkipVerify()) {
            findings.add(Finding.warn(
                    subject(), "certConfig.insecureSkipVerify: anyone can answer for a registry", "set it to false"));
        } else if (config.ca().isPresent() || config.certificate().isPresent()) {
            findings.addAll(own(ofJava));
        }
        return findings;
    }

    private List<Finding> own(Set<X509Certificate> ofJava) {
        try {
            TlsContext context = TlsContext.of(
                    config.ca().orElse(null),
                    config.certificate().orElse(null),
                    config.key().orElse(null),
                    false);
            Instant now = clock.instant();
            List<Finding> findings = new ArrayList<>();
            for (X509Certificate certificate : context.trustManager().getAcceptedIssuers()) {
                if (!ofJava.contains(certificate)) {
                    findings.add(valid(certificate, Date.from(now)));
                }
            }
            return findings;
        } catch (IOException e) {
            return List.of(Finding.fail("certConfig", e.getMessage(), "correct the file, or its path in certConfig"));
        }
    }

    private static Finding valid(X509Certificate certificate, Date now) {
        String name = certificate.getSubjectX500Principal().getName();
        boolean valid = !now.before(certificate.getNotBefore()) && !now.after(certificate.getNotAfter());
        return valid
                ? Finding.ok("certConfig.caFile", name)
                : Finding.fail(
                        "certConfig.caFile",
                        name + " is valid from " + certificate.getNotBefore().toInstant() + " to "
                                + certificate.getNotAfter().toInstant() + ", not now",
                        "get a newer one; if it should be valid, set the clock");
    }
}
