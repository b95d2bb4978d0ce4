using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>How a command reaches a home on its own machine: through the process that answers for it, else by answering for it itself.</summary>
internal static class HomeReach
{
    /// <summary>How long a holder is given that answers soon by its own note, or has none yet: another command that begins or ends, a server that loads its model.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>How long one is given that works alone: it may be about to end, or to answer.</summary>
    private static readonly TimeSpan s_patienceWithWork = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>The host that this process begins for the home; null where another process answers.</summary>
    /// <exception cref="CommandException">A process holds the home and did not answer for as long as such processes are given.</exception>
    public static async Task<AdminHost?> ReachAsync(LazuliHome home, TimeProvider time, CancellationToken cancellationToken)
    {
        string socket = AdminSocket.PathOf(home);
        long started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await AdminHost.StartAsync(home, cancellationToken).ConfigureAwait(false);
            }
            catch (HomeInUseException e)
            {
                if (await AdminSocket.AnswersAsync(socket, cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }

                if (time.GetElapsedTime(started) >= (e.HolderUse == HomeUse.Work ? s_patienceWithWork : s_patience))
                {
                    throw new CommandException($"{e.Message} It does not answer, so it cannot be asked; try again when it is done.", ExitCode.NotReachable, e);
                }
            }

            await Task.Delay(s_pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
