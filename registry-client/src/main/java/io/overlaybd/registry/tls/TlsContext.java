package io.overlaybd.registry.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trust and the identity of TLS connections. Chain and host name are verified unless that is given up by name.
 * Immutable.
 */
public final class TlsContext {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

    private final SSLSocketFactory socketFactory;
    private final X509TrustManager trustManager;
    private final HostnameVerifier hostnameVerifier;

    private TlsContext(KeyManager[] identity, X509TrustManager trust, HostnameVerifier verifier)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity, new TrustManager[] {trust}, null);
        this.socketFactory = context.getSocketFactory();
        this.trustManager = trust;
        this.hostnameVerifier = verifier;
    }

    /** Trusts whom the VM trusts, and has no identity. */
    public static TlsContext verifying() {
        try {
            return of(null, null, null, false);
        } catch (IOException e) {
            throw new IllegalStateException("this VM has no TLS", e);
        }
    }

    /**
     * Reads the files.
     *
     * @param caFile PEM certificates that are trusted besides the VM's own, null for none
     * @param certFile PEM chain to be shown to a server that asks, the own certificate first; null for none
     * @param keyFile PEM key of the first certificate: PKCS#8, PKCS#1 or SEC 1, not encrypted; null for none
     * @param insecureSkipVerify believes every certificate of every host
     * @throws IOException if a file cannot be read or holds something else, or key and certificate do not match
     */
    public static TlsContext of(Path caFile, Path certFile, Path keyFile, boolean insecureSkipVerify)
            throws IOException {
        if ((certFile == null) != (keyFile == null)) {
            throw new IOException("a client certificate and its key must be given both or neither");
        }
        try {
            KeyManager[] identity = certFile == null ? null : ClientIdentity.read(certFile, keyFile);
            X509TrustManager trust = trust(caFile);
            if (insecureSkipVerify) {
                LOG.warn("certificates of registries are not verified, as configured: anyone may pretend to be one");
                return new TlsContext(identity, new TrustAnyone(), (host, session) -> true);
            }
            return new TlsContext(identity, trust, null);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    /**
     * The same with {@code caFile} as the only ones that are trusted, instead of the VM's own; null for these.
     *
     * @throws IOException as {@link #of}
     */
    public static TlsContext trustingOnly(Path caFile, Path certFile, Path keyFile) throws IOException {
        if (caFile == null) {
            return of(null, certFile, keyFile, false);
        }
        try {
            KeyManager[] identity = certFile == null ? null : ClientIdentity.read(certFile, keyFile);
            return new TlsContext(identity, trustManager(PemFile.read(caFile).certificates()), null);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager trust(Path caFile) throws IOException, GeneralSecurityException {
        X509TrustManager own = trustManager((KeyStore) null);
        if (caFile == null) {
            return own;
        }
        List<X509Certificate> all = new ArrayList<>(PemFile.read(caFile).certificates());
        all.addAll(List.of(own.getAcceptedIssuers()));
        return trustManager(all);
    }

    private static X509TrustManager trustManager(List<X509Certificate> all)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < all.size(); i++) {
            store.setCertificateEntry("ca" + i, all.get(i));
        }
        return trustManager(store);
    }

    private static X509TrustManager trustManager(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("the VM has no trust manager for X.509");
    }

    /** Makes the sockets. */
    public SSLSocketFactory socketFactory() {
        return socketFactory;
    }

    /** Judges the chains. */
    public X509TrustManager trustManager() {
        return trustManager;
    }

    /** Judges the names, null for the rule of RFC 2818. */
    public HostnameVerifier hostnameVerifier() {
        return hostnameVerifier;
    }
}
