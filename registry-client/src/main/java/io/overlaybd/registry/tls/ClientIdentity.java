package io.overlaybd.registry.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/** A client certificate, its chain and its key. */
final class ClientIdentity {

    private static final char[] IN_MEMORY_ONLY = new char[0];

    private ClientIdentity() {}

    /** Reads both files and checks that they belong together. */
    static KeyManager[] read(Path certFile, Path keyFile) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = PemFile.read(certFile).certificates();
        PrivateKey key = PemFile.read(keyFile).privateKey(chain.get(0).getPublicKey());
        if (!belongTogether(key, chain.get(0))) {
            throw new IOException(keyFile + ": not the key of the first certificate in " + certFile);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("client", key, IN_MEMORY_ONLY, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY_ONLY);
        return factory.getKeyManagers();
    }

    /** Signs with the one and verifies with the other: otherwise the first handshake would tell, and less clearly. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(certificate.getEncoded());
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(certificate.getEncoded());
        try {
            return verifier.verify(signer.sign());
        } catch (SignatureException ofAnotherLength) {
            return false;
        }
    }
}
