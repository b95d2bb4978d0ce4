using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Lazuli.Cli;

/// <summary>Shows the stages of a long command: a bar on a terminal, plain lines elsewhere.</summary>
internal sealed class StageDisplay(Terminal terminal)
{
    /// <summary>Runs one stage under its title and says how long it took.</summary>
    public async Task<T> RunAsync<T>(string title, Func<StageProgress, Task<T>> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = terminal.IsInteractive ? await DrawAsync(title, work).ConfigureAwait(false) : await PrintAsync(title, work).ConfigureAwait(false);
        string seconds = Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        if (!terminal.IsInteractive)
        {
            await terminal.Talk.WriteLineAsync($"{title}: done in {seconds} s").ConfigureAwait(false);
        }

        return result;
    }

    /// <summary>Runs a stage of blocking work on its own thread.</summary>
    public Task<T> RunAsync<T>(string title, Func<StageProgress, T> work) =>
        RunAsync(title, progress => Task.Factory.StartNew(() => work(progress), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    private async Task<T> DrawAsync<T>(string title, Func<StageProgress, Task<T>> work)
    {
        T result = default!;
        await terminal.Screen.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: 1);
                task.IsIndeterminate = true;
                var progress = new StageProgress(
                    (fraction, text) =>
                    {
                        task.IsIndeterminate = false;
                        task.Value = fraction;
                        task.Description = Markup.Escape($"{title}  {text}");
                    },
                    line => terminal.Screen.WriteLine(line));
                result = await work(progress).ConfigureAwait(false);
                task.IsIndeterminate = false;
                task.Value = 1;
            }).ConfigureAwait(false);
        return result;
    }

    private Task<T> PrintAsync<T>(string title, Func<StageProgress, Task<T>> work)
    {
        TimeSpan between = TimeSpan.FromSeconds(5);
        long last = Stopwatch.GetTimestamp();
        terminal.Talk.WriteLine($"{title} ...");
        return work(new StageProgress(
            (fraction, text) =>
            {
                if (Stopwatch.GetElapsedTime(last) >= between)
                {
                    last = Stopwatch.GetTimestamp();
                    terminal.Talk.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {fraction * 100,3:F0} %  {text}"));
                }
            },
            terminal.Talk.WriteLine));
    }
}
