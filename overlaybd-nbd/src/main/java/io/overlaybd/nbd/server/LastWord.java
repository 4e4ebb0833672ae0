package io.overlaybd.nbd.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.ProtocolException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of every pipeline: whatever went wrong is said once, with the peer, and costs the connection. */
final class LastWord extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(LastWord.class);

    private boolean said;

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable caught) {
        try {
            if (!said) {
                said = true;
                say(Peer.of(ctx.channel()), caught instanceof DecoderException ? caught.getCause() : caught);
            }
        } finally {
            ctx.close(); // even if there is nothing left to say it with
        }
    }

    private static void say(String peer, Throwable cause) {
        if (cause instanceof ProtocolException) {
            LOG.warn("{}: closed, it does not keep to the protocol: {}", peer, cause.getMessage());
        } else if (cause instanceof IOException) {
            LOG.info("{}: gone: {}", peer, cause.getMessage());
        } else {
            LOG.error("{}: closed after a defect of this server", peer, cause);
        }
    }
}
