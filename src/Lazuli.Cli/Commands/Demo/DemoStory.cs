namespace Lazuli.Cli;

/// <summary>What a demonstration tells: chapters of lines, told on the terminal as they happen and again in the report.</summary>
internal sealed class DemoStory(TextWriter talk)
{
    private readonly List<DemoChapter> _chapters = [];

    /// <summary>The chapters so far.</summary>
    public IReadOnlyList<DemoChapter> Chapters => _chapters;

    /// <summary>Begins a chapter.</summary>
    public void Begin(string title)
    {
        _chapters.Add(new DemoChapter(title, []));
        talk.WriteLine();
        talk.WriteLine($"{_chapters.Count}. {title}");
    }

    /// <summary>Tells something that was seen.</summary>
    public void Tell(string line)
    {
        _chapters[^1].Lines.Add(line);
        talk.WriteLine("   " + line);
    }
}

/// <summary>A chapter.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Lines">What was seen.</param>
internal sealed record DemoChapter(string Title, List<string> Lines);
