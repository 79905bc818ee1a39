namespace OrchestrationEngine.Native;

/// <summary>What a call of the native engine came to; the numbers are those of the C header.</summary>
public enum EngineStatus
{
    /// <summary>The call did what it says.</summary>
    Ok = 0,

    /// <summary>The time limit ended before there was anything to return.</summary>
    Timeout = 1,

    /// <summary>There is nothing more to come.</summary>
    Ended = 2,

    /// <summary>The queue was cancelled, or the worker's item was stopped.</summary>
    Stopped = 3,

    /// <summary>The worker was given up after it had ignored a stop.</summary>
    Abandoned = 4,

    /// <summary>A pointer that must not be null was null.</summary>
    NullArgument = 20,

    /// <summary>An argument is outside its range.</summary>
    InvalidArgument = 21,

    /// <summary>A text is not valid UTF-8.</summary>
    InvalidUtf8 = 22,

    /// <summary>A text is not JSON, or not the JSON that the call takes.</summary>
    InvalidJson = 23,

    /// <summary>The call does not fit the state of its object, or comes from the wrong thread.</summary>
    InvalidState = 24,

    /// <summary>The pool or the queue was closed before.</summary>
    Closed = 25,

    /// <summary>The process has as many workers at work as it may.</summary>
    WorkerLimit = 26,

    /// <summary>The operating system refused a thread or another resource.</summary>
    System = 27,

    /// <summary>A defect of the engine.</summary>
    Panic = 28,

    /// <summary>The tasks are no graph that could be run; the message names what is wrong.</summary>
    InvalidGraph = 29,

    /// <summary>The store of a state folder refused; the message says why and what to do.</summary>
    Store = 30,

    /// <summary>A playbook, or what it is told, cannot be used; the message has a line for each reason.</summary>
    Playbook = 31,
}
