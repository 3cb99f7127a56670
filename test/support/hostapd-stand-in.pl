#!/usr/bin/perl
# Speaks hostapd's control protocol (hostap, src/common/wpa_ctrl.c) on a Unix datagram socket, which Node.js has none of: STA-FIRST,
# STA-NEXT and STATUS, with the clients and the status of two files. After the last client the answer is empty, and after nobody a failure.
# Usage: hostapd-stand-in.pl SOCKET CLIENTS STATUS; prints a line when it listens.
use strict;
use warnings;
use Socket;

my ($path, $clients_file, $status_file) = @ARGV;

sub contents {
    my ($file) = @_;
    open(my $handle, '<', $file) or die "$file: $!";
    local $/;
    return scalar <$handle>;
}

socket(my $server, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($server, sockaddr_un($path)) or die "bind: $!";
$| = 1;
print "listens\n";

my @clients = grep { length } split(/^(?=[0-9a-f]{2}(?::[0-9a-f]{2}){5}$)/m, contents($clients_file));
while (my $peer = recv($server, my $request, 4096, 0)) {
    my $answer = "UNKNOWN COMMAND\n";
    if ($request eq 'STATUS') { $answer = contents($status_file) }
    elsif ($request eq 'STA-FIRST') { $answer = $clients[0] // '' }
    elsif ($request =~ /^STA-NEXT (.*)$/) {
        my ($at) = grep { $1 ne '' && index($clients[$_], $1) == 0 } 0 .. $#clients;
        $answer = defined $at ? $clients[$at + 1] // '' : "FAIL\n";
    }
    send($server, $answer, 0, $peer);
}
